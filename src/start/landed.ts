// What has landed at the Customer.io emulator, asked of the process it runs in.

type Identify = { readonly userId: string };
type Event = { readonly userId: string; readonly event: string };

type Landed = {
  readonly identifies: readonly Identify[];
  readonly events: readonly Event[];
};

/** What is about these people, in the order it came. */
export async function landedFor(userIds: readonly string[], emulatorUrl: string): Promise<Landed> {
  const response = await fetch(`${emulatorUrl}/_emulator/state`, { method: 'POST' });
  const { identifies, events } = (await response.json()) as Landed;
  const isTheirs = (each: { readonly userId: string }) => userIds.includes(each.userId);
  return { identifies: identifies.filter(isTheirs), events: events.filter(isTheirs) };
}

/** The emulated App API, and its key. */
export type MailsAt = { readonly appUrl: string; readonly appToken: string };

/** Whom it was asked to mail, by user id, in the order it was asked. */
export async function mailedAt({ appUrl, appToken }: MailsAt): Promise<string[]> {
  const headers = { authorization: `Bearer ${appToken}` };
  const response = await fetch(`${appUrl}/_emulator/mails`, { headers });
  const { mails } = (await response.json()) as { mails: { identifiers: { id?: string } }[] };
  return mails.map(({ identifiers }) => identifiers.id ?? '');
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
