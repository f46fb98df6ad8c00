// Exact fractions of minor units: money a month is added up in them and rounded once. No I/O.

/** A fraction of minor units. */
export type Fraction = { readonly top: bigint; readonly bottom: bigint };

export function fractionOf(text_: string): Fraction {
  const [whole = '0', digits = ''] = text_.split('.');
  return { top: BigInt(whole + digits), bottom: 10n ** BigInt(digits.length) };
}

/** Unknown values sort below all known ones; on a tie the first item stays first. */
export function compare(a: Fraction | null, b: Fraction | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference === 0n ? 0 : Number(difference > 0n) * 2 - 1;
}

export function add(a: Fraction, b: Fraction): Fraction {
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom };
}

/** Half away from zero to whole minor units. */
export function rounded({ top, bottom }: Fraction): number {
  const half = top < 0n ? -bottom : bottom;
  return Number((top * 2n + half) / (bottom * 2n));
}
