// What has landed at the Customer.io emulator, asked of the process it runs in.

type Identify = { readonly userId: string };
type Event = { readonly userId: string; readonly event: string };

type Landed = {
  readonly identifies: readonly Identify[];
  readonly events: readonly Event[];
};

/** What is about this person, in the order it came. */
export async function landedFor(userId: string, emulatorUrl: string): Promise<Landed> {
  const response = await fetch(`${emulatorUrl}/_emulator/state`, { method: 'POST' });
  const { identifies, events } = (await response.json()) as Landed;
  const isTheirs = (each: { readonly userId: string }) => each.userId === userId;
  return { identifies: identifies.filter(isTheirs), events: events.filter(isTheirs) };
}

/** Whether an emulator answers there. */
export async function emulatorAt(emulatorUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${emulatorUrl}/_emulator/state`, { method: 'POST' });
    return 'identifies' in ((await response.json()) as object);
  } catch {
    return false;
  }
}
