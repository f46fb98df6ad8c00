// What Customer.io refuses in strict mode, as its documentation says: one list of problems per request. Pure.

const MESSAGE_BYTES_MAX = 32_000;
const BATCH_BYTES_MAX = 500_000;
const EVENT_NAME_BYTES_MAX = 100;
const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'];

export type Call = Readonly<Record<string, unknown>>;

/** The calls in a request, or the problems that refuse all of it: one bad item rejects a whole batch. */
export function readCalls(
  path: string,
  body: string,
): { readonly calls: readonly Call[] } | { readonly problems: readonly string[] } {
  if (Buffer.byteLength(body) > BATCH_BYTES_MAX) return { problems: ['request over 500 KB'] };
  const json = parsed(body);
  if (json === null) return { problems: ['body is not a JSON object'] };
  const isBatch = path === 'batch';
  const items = isBatch ? json['batch'] : [{ ...json, type: path }];
  if (!Array.isArray(items)) return { problems: ['batch must be an array'] };
  const calls = items.map((item) => (isObject(item) ? item : {}));
  const problems = calls.flatMap((call, index) =>
    problemsOf(call).map((problem) => `item ${index}: ${problem}`),
  );
  return problems.length > 0 ? { problems } : { calls };
}

function problemsOf(call: Call): string[] {
  const { type, event, traits, properties, timestamp } = call;
  const checks: [boolean, string][] = [
    [!TYPES.includes(String(type)), 'unknown type'],
    [!isText(call['userId']) && !isText(call['anonymousId']), 'userId or anonymousId is required'],
    [type === 'track' && !isText(event), 'event is required'],
    [isText(event) && Buffer.byteLength(event) > EVENT_NAME_BYTES_MAX, 'event over 100 bytes'],
    [traits !== undefined && !isObject(traits), 'traits must be an object'],
    [properties !== undefined && !isObject(properties), 'properties must be an object'],
    [timestamp !== undefined && !isTime(timestamp), 'timestamp must be ISO-8601'],
    [Buffer.byteLength(JSON.stringify(call)) > MESSAGE_BYTES_MAX, 'over 32 KB'],
  ];
  const problems = checks.filter(([isWrong]) => isWrong).map(([, problem]) => problem);
  return [...problems, ...objectProblemsOf(call)];
}

/**
 * Of objects and relationships: the type's id is text in `group` and a number in events, and an object is deleted by an
 * event that names it in the place of an anonymous person.
 * https://docs.customer.io/integrations/data-in/source-spec/group-spec
 */
function objectProblemsOf({ type, event, userId, ...call }: Call): string[] {
  const { traits, properties, anonymousId } = call;
  const typeId = isObject(traits) ? (traits['object_type_id'] ?? '1') : '1';
  const { objectId, objectTypeId = 1 } = isObject(properties) ? properties : {};
  const isObjects = type === 'track' && /^(?:Object|Relationship) Deleted$/.test(String(event));
  const isDeletion = isObjects && event === 'Object Deleted';
  const checks: [boolean, string][] = [
    [type === 'group' && !isText(call['groupId']), 'groupId is required'],
    [
      type === 'group' && !/^[1-9]\d*$/.test(isText(typeId) ? typeId : ''),
      'object_type_id is text',
    ],
    [isObjects && !isText(objectId), 'objectId is required'],
    [isObjects && !Number.isInteger(objectTypeId), 'objectTypeId is a whole number'],
    [isDeletion && (!isText(anonymousId) || userId !== undefined), 'anonymousId is required'],
    [isObjects && !isDeletion && !isText(userId), 'userId is required'],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, problem]) => problem);
}

function parsed(body: string): Call | null {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): boolean {
  return isText(value) && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}
