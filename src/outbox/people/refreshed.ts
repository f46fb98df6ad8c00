// What a refresh has found among some people, and how two findings are one. Pure.

/** People that are shown. */
const EXAMPLES_MAX = 10;

export type Refreshed = {
  readonly seen: number;
  /** Who was last told something else. */
  readonly due: number;
  /** Of those: whom an older release has told, so that nobody knows what. */
  readonly unknown: number;
  /** Whose extra traits are to be read from another place than they were: only the user themselves can say them. */
  readonly unread: number;
  /** How often each trait differs, by the name it goes out under. */
  readonly traits: Readonly<Record<string, number>>;
  /** Of those who are due some, by the keys of their rows: an id would outlive the deletion of its person here. */
  readonly examples: readonly string[];
};

export const NOBODY: Refreshed = {
  seen: 0,
  due: 0,
  unknown: 0,
  unread: 0,
  traits: {},
  examples: [],
};

/** Both together. */
export function joinRefreshed(a: Refreshed, b: Refreshed): Refreshed {
  const traits = { ...a.traits };
  for (const [name, count] of Object.entries(b.traits)) traits[name] = (traits[name] ?? 0) + count;
  return {
    seen: a.seen + b.seen,
    due: a.due + b.due,
    unknown: a.unknown + b.unknown,
    unread: a.unread + b.unread,
    traits,
    examples: [...a.examples, ...b.examples].slice(0, EXAMPLES_MAX),
  };
}
