// The file under public/ that pages are made of: its name changes with what is in it. `npm run assets` writes this; a test holds
// the name to the contents.

export const PAGES = 'console-8e21b066cc.json';
