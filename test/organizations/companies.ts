// Companies and people under fire: two organizations and people who pay alone, who join, leave, get other roles, are deleted
// and buy, while shards die between any two statements and webhooks come late and twice. An auditor inside the tables notes
// with SQL of its own who had the role when something was told; at the end everything is held against what the providers
// hold.

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import type { Json } from '../../src/samples/payload.ts';
import {
  checkoutSession,
  CREATED,
  item,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

export const ORGANIZATIONS = ['org_a', 'org_b'] as const;
const ADMIN = 'org:admin';
const PRICE = 49;

type Member = { readonly role: string; readonly joinedAt: number; readonly membership: string };

/** What the providers hold. */
export type Truth = {
  /** By `user organization`. */
  readonly members: Map<string, Member>;
  readonly deleted: Set<string>;
  /** Seats of the organization's subscription. */
  readonly seats: Map<string, number>;
  /** People who have a subscription of their own. */
  readonly buyers: Set<string>;
  /** Amounts of what was bought once, each by one organization or by one person. */
  readonly bought: Map<number, string>;
  readonly joins: Map<string, string>;
};

/** Whom an organization told of something, and who had the role by then. */
export type Audit = {
  readonly amount: number;
  readonly told: readonly string[];
  readonly due: readonly string[];
};

export async function playCompanies(seed: number, steps = 90) {
  const world = openCompanyWorld({ ORGANIZATION_OBJECT_TYPE: 1 }, seed);
  const { random } = world.world;
  const truth: Truth = {
    members: new Map(),
    deleted: new Set(),
    seats: new Map(),
    buyers: new Set(),
    bought: new Map(),
    joins: new Map(),
  };
  const users = Array.from({ length: 9 }, (_, index) => `user_${index}`);
  const sent: Promise<unknown>[] = [];
  let at = Date.UTC(2026, 10, 20);
  let ids = 0;

  /** Late, and now and then twice. */
  function send(provider: 'clerk' | 'stripe', json: Json): void {
    ids += 1;
    const id = `msg_${ids}`;
    for (let time = 0; time < (random.chance(0.2) ? 2 : 1); time += 1) {
      const late = random.between(0, random.pick([1, 500, 20_000]));
      sent.push(world.world.wait(late).then(async () => world.send(provider, json, id)));
    }
  }

  for (const organization of ORGANIZATIONS) {
    const data = clerkOrganization(organizationOf(organization, at));
    await world.told('clerk', clerkEvent('organization.created', data, at), `made_${organization}`);
  }
  world.outboxes.forEach(audit);

  for (let step = 0; step < steps; step += 1) {
    at += 1000;
    if (random.chance(0.35)) random.pick(world.outboxes).dieIn(random.between(0, 60));
    if (random.chance(0.1)) random.pick(world.links).dieIn(random.between(0, 30));
    const user = random.pick(users);
    const organization = random.pick(ORGANIZATIONS);
    const about = { truth, random, user, organization, at, step, send };
    if (random.chance(0.35)) buy(about);
    else if (!truth.deleted.has(user)) change(about);
    await world.world.answered(world.world.wait(random.between(0, 600)));
  }
  await world.world.answered(Promise.all(sent));
  for (const each of [...world.outboxes, ...world.links]) each.heal();
  await world.settled();
  return { world, truth, users, audits: auditsOf(world) };
}

type Step = {
  readonly truth: Truth;
  readonly random: CompanyWorld['world']['random'];
  readonly user: string;
  readonly organization: (typeof ORGANIZATIONS)[number];
  readonly at: number;
  readonly step: number;
  readonly send: (provider: 'clerk' | 'stripe', json: Json) => void;
};

function organizationOf(id: string, at: number) {
  return { id, name: id.toUpperCase(), created_by: null, created_at: at, updated_at: at };
}

/** Something once, or the subscription: of the organization, with who clicked beside it, or of a person alone. */
function buy({ truth, random, user, organization, step, send }: Step): void {
  const isCompany = random.chance(0.6);
  const created = CREATED + step * 60;
  const payer = isCompany ? organization : user;
  if (!isCompany && truth.deleted.has(user)) return;
  const metadata = isCompany ? { orgId: organization, clerkUserId: user } : { clerkUserId: user };
  const customer = `cus_${payer}`;
  if (random.chance(0.6)) {
    const amount = 1000 + step;
    truth.bought.set(amount, payer);
    const session = checkoutSession({
      id: `cs_${step}`,
      subscription: null,
      customer,
      metadata,
      amount_total: amount * 100,
      mode: 'payment',
    });
    send('stripe', stripeEvent('checkout.session.completed', session, { created }));
    return;
  }
  const quantity = isCompany ? random.between(1, 9) : 1;
  const object = subscription({
    id: `sub_${payer}`,
    customer,
    metadata,
    items: { object: 'list', data: [item({ quantity })] },
  });
  if (isCompany) truth.seats.set(organization, quantity);
  else truth.buyers.add(user);
  // No change is told: it is how things are, whenever it comes.
  const type = 'customer.subscription.updated';
  send('stripe', stripeEvent(type, object, { created, previous: {} }));
}

function change({ truth, random, user, organization, at, step, send }: Step): void {
  if (random.chance(0.06)) {
    truth.deleted.add(user);
    for (const each of ORGANIZATIONS) truth.members.delete(`${user} ${each}`);
    send('clerk', clerkEvent('user.deleted', { id: user, deleted: true }, at));
    return;
  }
  const key = `${user} ${organization}`;
  const known = truth.members.get(key);
  const isLeaving = known !== undefined && random.chance(0.4);
  const next = known ?? { joinedAt: at, membership: `orgmem_${step}` };
  const member = { ...next, role: random.pick([ADMIN, 'org:member']) };
  const data = clerkMembership({
    id: member.membership,
    role: isLeaving ? known.role : member.role,
    organization: clerkOrganization(organizationOf(organization, Date.UTC(2026, 10, 20))),
    public_user_data: { user_id: user },
    created_at: member.joinedAt,
    updated_at: at,
  });
  if (isLeaving) truth.members.delete(key);
  else truth.members.set(key, member);
  if (known === undefined) truth.joins.set(member.membership, user);
  const [word = 'updated'] = [
    ...(known === undefined ? ['created'] : []),
    ...(isLeaving ? ['deleted'] : []),
  ];
  send('clerk', clerkEvent(`organizationMembership.${word}`, data, at));
}

/** In the transaction that tells it: a notice, with who has the role, by the auditor's own SQL. */
function audit({ db }: CompanyWorld['outboxes'][number]): void {
  db.exec(`CREATE TABLE audit (org TEXT, user TEXT, news TEXT, admins TEXT)`);
  db.exec(`CREATE TRIGGER audit_notices AFTER INSERT ON notices BEGIN
    INSERT INTO audit VALUES (new.org, new.user, new.news, (SELECT json_group_array(user)
      FROM members WHERE org = new.org AND role = '${ADMIN}')); END`);
}

function auditsOf({ outboxes }: CompanyWorld): Audit[] {
  const rows = outboxes.flatMap(({ db }) =>
    db.prepare(`SELECT * FROM audit WHERE user <> ''`).all(),
  );
  const all = rows.flatMap((row) => {
    const { moments = [] }: { moments?: readonly { name: string; properties: Json }[] } =
      JSON.parse(String(row['news']));
    const due: string[] = JSON.parse(String(row['admins']));
    return moments
      .filter(({ name }) => name === 'checkout_completed')
      .map(({ properties }) => ({
        amount: Number(properties['amount']),
        user: String(row['user']),
        due,
      }));
  });
  return [...new Set(all.map(({ amount }) => amount))].map((amount) => {
    const its = all.filter((each) => each.amount === amount);
    return {
      amount,
      told: its.map(({ user }) => user),
      due: [...new Set(its.flatMap(({ due }) => due))],
    };
  });
}

/** A member's traits, by the providers alone: the live one that pays most, joined first, of the lowest id. */
export function expectedOf({ members, seats, buyers }: Truth, user: string) {
  const theirs = ORGANIZATIONS.flatMap((id) => {
    const member = members.get(`${user} ${id}`);
    return member === undefined ? [] : [{ id, ...member, monthly: (seats.get(id) ?? -1) * PRICE }];
  });
  const [primary] = theirs.toSorted(
    (a, b) => b.monthly - a.monthly || a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1),
  );
  const paid = primary === undefined ? undefined : seats.get(primary.id);
  return {
    plan: buyers.has(user) ? 'pro' : null,
    mrr: buyers.has(user) ? PRICE : undefined,
    organizationId: primary?.id ?? null,
    organizationName: primary?.id.toUpperCase() ?? null,
    organizationRole: primary?.role ?? null,
    organizationPlan: paid === undefined ? null : 'pro',
    organizationSeats: paid ?? null,
    organizationsCount: theirs.length,
  };
}
