// Nothing: what a Worker costs before it does anything, to take off from start-up times.

// oxlint-disable-next-line import/no-default-export -- What a Worker is.
export default { fetch: () => new Response('') };
