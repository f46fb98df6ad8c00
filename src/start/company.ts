// What `npm start -- --story company` has beside the story of one person: the variables, and the command to look with. Pure.

/** Of the emulated App API. */
export const APP_TOKEN = 'local-app-key';

/** Where the emulator listens; with an App API only where the story wants one. */
export type Emulated = { readonly url: string; readonly appUrl?: string };

/** What docs/organizations.md tells to set, and the dunning mail by rule. */
export function companyVars({ appUrl }: Emulated): string[] {
  return [
    'ORGANIZATIONS=on',
    'ORGANIZATION_OBJECT_TYPE=1',
    `CUSTOMERIO_APP_TOKEN=${APP_TOKEN}`,
    `CUSTOMERIO_APP_URL=${appUrl ?? ''}`,
    'EMAILS={"payment_failed":"dunning"}',
  ];
}

/** What shows the same as the page, where there is such a command. */
export function commandAt(place: string | null, workerUrl: string): string {
  const [kind, id = ''] = place?.split('/') ?? [];
  if (kind !== 'organizations') return '';
  return `  npx --no-install lifecycle organization ${id} --worker ${workerUrl}\n`;
}
