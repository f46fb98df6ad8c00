// Loaded before the binary: requests to the hosts named in HOSTS go to servers on loopback. The region of an account
// is a host name, and no server of ours can have that one.

import { Agent, setGlobalDispatcher } from 'undici';

const hosts = JSON.parse(process.env['HOSTS'] ?? '{}') as Record<string, string>;

setGlobalDispatcher(
  new Agent().compose((dispatch) => (options, handler) => {
    const other = hosts[new URL(String(options.origin)).host];
    return dispatch({ ...options, origin: other ?? 'http://127.0.0.1:1' }, handler);
  }),
);
