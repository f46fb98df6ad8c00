// What a browser adds to pages that work without it: parts that stay fresh, buttons that copy, and a list that stops.
'use strict';

const EVERY_MS = 3000;
let isLive = true;
let freshAt = Date.now();

/** What is wrong with staying fresh, above all: an old page must not look like news. */
function say(text) {
  const old = document.querySelector('.stale');
  if (text === '') return old?.remove();
  if (old !== null) return;
  const note = document.createElement('p');
  note.className = 'note bad stale';
  note.setAttribute('role', 'alert');
  note.textContent = text;
  document.querySelector('main').prepend(note);
}

/** Asks for the page once more and takes over the parts that may change, unless somebody is at work in them. */
async function refresh() {
  const parts = [...document.querySelectorAll('[data-live]')];
  if (parts.length === 0 || !isLive || document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
  if (response?.ok !== true) {
    const since = new Date(freshAt).toLocaleTimeString();
    const why = response?.status === 401 ? 'your session has ended. Load it anew to sign in.' : 'the relay does not answer.';
    say(`This page is as of ${since}: ${why}`);
    return;
  }
  freshAt = Date.now();
  say('');
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const news = [...fresh.querySelectorAll('[data-live]')];
  parts.forEach((part, index) => {
    const next = news[index];
    const isBusy = part.contains(document.activeElement) || part.querySelector('details[open]');
    if (next === undefined || isBusy || next.innerHTML === part.innerHTML) return;
    part.replaceChildren(...next.childNodes);
  });
}

for (const button of document.querySelectorAll('[data-pause]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    isLive = !isLive;
    button.textContent = isLive ? 'Stop live' : 'Go live';
    button.setAttribute('aria-pressed', String(!isLive));
  });
}

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = 'Copied';
  });
}

/** A form of several rounds goes on by itself; without this its button is pressed again. */
const next = document.querySelector('form[data-go-on]');
if (next !== null) setTimeout(() => next.requestSubmit(), 400);

/** On a phone the places are one line, and the one we are at may be out of sight. (`scrollIntoView` would move where Tab begins.) */
const here = document.querySelector('nav [aria-current]');
if (here !== null) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.clientWidth / 2;

for (const select of document.querySelectorAll('form.filters select')) {
  select.addEventListener('change', () => select.form.requestSubmit());
}

setInterval(refresh, EVERY_MS);
// Whoever comes back to a page that was hidden sees it fresh.
document.addEventListener('visibilitychange', refresh);
