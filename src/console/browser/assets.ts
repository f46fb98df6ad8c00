// The two files under public/ that pages stand on: their names change with what is in them, so browsers keep them for ever.
// `npm run assets` writes this; a test holds the names to the contents.

export const STYLESHEET = 'console-b86cfc74a7.css';
export const SCRIPT = 'console-ac3ef295b7.js';
