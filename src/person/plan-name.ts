// What a plan is called: by the PLANS table, else by the best name its provider has. A facet keeps what the name was made
// from, so that another table gives another name. No I/O. No clock.

/** Price id, product id, lookup key or slug → the name campaigns see. */
export type PlanTable = Readonly<Record<string, string>>;

export type PlanNaming = {
  /** What the table may name it by, the first that stands there wins. */
  readonly by: readonly string[];
  /** What its provider calls it. */
  readonly own: string | null;
  /** What makes two prices one plan where the table has no name. Absent: the plan's name does. */
  readonly key?: string | null;
};

/** The name in the table; null where it has none. */
export function nameInTable({ by }: Pick<PlanNaming, 'by'>, plans: PlanTable): string | null {
  const key = by.find((each) => Object.hasOwn(plans, each));
  return key === undefined ? null : (plans[key] ?? null);
}

export function nameOfPlan(naming: PlanNaming, plans: PlanTable): string | null {
  return nameInTable(naming, plans) ?? naming.own;
}
