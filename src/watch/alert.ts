// Alerts: one line of text to a Slack-compatible webhook. Its address is a secret, so it stands in no log.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

const REQUEST_TIMEOUT_MS = 10_000;

/** True when it was taken. Never throws: an alert that fails comes again with the next visit. */
export async function sendAlert(url: string, text: string): Promise<boolean> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), REQUEST_TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: `Lifecycle Relay: ${text}` }),
      signal: patience.signal,
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
