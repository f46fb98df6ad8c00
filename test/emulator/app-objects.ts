// Objects as Customer.io's App API shows them, made from the group calls it was sent: flat traits are added or changed, a null takes
// one away, dates become seconds, and it says when each came. Whether it is of a type that was made it does not ask.
// https://docs.customer.io/integrations/api/app/tag/objects/getObjectAttributes/

import type { ApiAnswer } from './loopback.ts';

type Call = Readonly<Record<string, unknown>>;

type AppObject = {
  readonly attributes: Record<string, unknown>;
  /** When each attribute was set, Unix seconds. */
  readonly timestamps: Record<string, number>;
};

export type AppObjects = ReturnType<typeof openAppObjects>;

export function openAppObjects() {
  const objects = new Map<string, AppObject>();

  /** `at`: when it has come, Unix milliseconds; a group call has no other time. */
  function take(calls: readonly Call[], at: number): void {
    for (const call of calls) {
      if (call['type'] === 'group') put(call, at);
      const { objectId, objectTypeId = 1 } = Object(call['properties']);
      if (call['event'] === 'Object Deleted') objects.delete(`${objectTypeId}/${objectId}`);
    }
  }

  function put({ groupId, traits }: Call, at: number): void {
    const { object_type_id: type = '1', relationshipAttributes: _, ...said } = Object(traits);
    const key = `${type}/${String(groupId)}`;
    const { attributes, timestamps } = objects.get(key) ?? { attributes: {}, timestamps: {} };
    objects.set(key, { attributes, timestamps });
    for (const [trait, value] of Object.entries(said)) {
      set(key, trait === 'createdAt' ? 'created_at' : trait, value, at);
    }
  }

  /** Also by another source than this relay. */
  function set(key: string, name: string, value: unknown, at: number): void {
    const object = objects.get(key);
    if (object === undefined) throw new Error(`no object ${key}`);
    if (value === null || value === '') {
      delete object.attributes[name];
      delete object.timestamps[name];
      return;
    }
    object.attributes[name] = typeof value === 'string' ? secondsIn(value) : value;
    object.timestamps[name] = Math.floor(at / 1000);
  }

  /** The answer to a path behind `/v1`; null: it is another route. */
  function answer(path: string): ApiAnswer | null {
    const [, type, id] = /^\/objects\/(\d+)\/([^/]+)\/attributes$/.exec(path) ?? [];
    if (type === undefined || id === undefined) return null;
    const key = `${type}/${decodeURIComponent(id)}`;
    const object = objects.get(key);
    if (object === undefined) {
      return { status: 404, body: { errors: [{ detail: 'not found', status: '404' }] } };
    }
    const identifiers = { cio_object_id: 'a3000001', object_id: decodeURIComponent(id) };
    return { status: 200, body: { object: { ...object, identifiers, object_type_id: type } } };
  }

  return { take, set, answer, remove: (key: string) => objects.delete(key), objects };
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/;

function secondsIn(text: string): string | number {
  return ISO_DATE.test(text) ? Math.floor(Date.parse(text) / 1000) : text;
}
