// Money between minor units (what providers send) and major units (what campaigns show). No I/O.
// https://docs.stripe.com/currencies: the API's digits, which differ from ISO 4217 for ISK and UGX.

const ZERO_DECIMAL = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
);
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** How many digits of the minor unit stand behind the decimal point in a provider's amounts. */
function minorDigits(currency: string | null): 0 | 2 | 3 {
  if (currency !== null && ZERO_DECIMAL.has(currency)) return 0;
  if (currency !== null && THREE_DECIMAL.has(currency)) return 3;
  return 2;
}

/** 4900 usd → 49. The one division rounds correctly, so the result is the double nearest to the true value. */
export function toMajor(minor: number, currency: string | null): number {
  return minor / 10 ** minorDigits(currency);
}
