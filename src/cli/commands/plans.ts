// lifecycle plans: Stripe's products and prices as the [vars.PLANS] of wrangler.toml.

import type { Command } from 'commander';

import type { StripePrice } from '../../apis/stripe-setup.ts';
import { toMajor } from '../../person/money.ts';
import { stripeOf } from '../doctor/providers.ts';
import { EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { needed } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

const PAGES_MAX = 50;

export function plansCommand(): Command {
  const made = command('plans', "print Stripe's prices as [vars.PLANS]", ['plans']);
  return does(made, async (session) => {
    const prices = (await allPrices(session)).filter(({ recurring }) => recurring !== null);
    const plans = Object.fromEntries(prices.map((price) => [price.id, nameOf(price)]));
    session.out.result(
      { plans },
      prices.length === 0
        ? 'There is no active recurring price in this Stripe account (or mode).'
        : [
            '# Into wrangler.toml; change the names as campaigns should see them.',
            '[vars.PLANS]',
            ...prices.map(lineOf),
          ],
    );
    return EXIT.ok;
  });
}

async function allPrices(session: Session): Promise<StripePrice[]> {
  const { api, party } = needed(stripeOf(session), 'STRIPE_SECRET_KEY');
  const prices: StripePrice[] = [];
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const after = prices.at(-1)?.id ?? null;
    const page = await session.ask(() => api.prices(after), party);
    prices.push(...page.data);
    if (!page.has_more || page.data.length === 0) break;
  }
  return prices;
}

function nameOf({ nickname, product }: StripePrice): string {
  return nickname ?? (product.name === '' ? product.id : product.name);
}

function lineOf(price: StripePrice): string {
  const { recurring, unit_amount: amount, currency } = price;
  const every = recurring?.interval_count === 1 ? '' : `${recurring?.interval_count} `;
  const worth = amount === null ? 'tiered' : moneyText(amount, currency);
  return `${price.id} = ${JSON.stringify(nameOf(price))} # ${worth} ${every === '' ? 'a ' : `every ${every}`}${recurring?.interval ?? ''}${every === '' ? '' : 's'}`;
}

/** `49.00 USD`, with as many digits as the currency has. */
function moneyText(amountMinor: number, currency: string): string {
  const digits = Math.round(Math.log10(1000 / toMajor(1000, currency)));
  return `${toMajor(amountMinor, currency).toFixed(digits)} ${currency.toUpperCase()}`;
}
