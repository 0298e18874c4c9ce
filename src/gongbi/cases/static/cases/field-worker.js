// Keeps the list of tasks and what draws it, so that it opens without a signal. It keeps one page and
// the city's own static files, and forgets both when the worker signs out or the session has ended.
const KEPT = "gongbi-field-1";
const PAGE = new URL("./", self.location).pathname;
const PATIENCE_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(KEPT));
});

function soon(request) {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error("slow")), PATIENCE_MS);
    fetch(request).then(done, failed);
  });
}

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await soon(request);
    // A sign-in page in its place means that the session has ended: what was kept goes too.
    if (fresh.ok && !fresh.redirected) await kept.put(PAGE, fresh.clone());
    else if (fresh.redirected || fresh.status === 403) await caches.delete(KEPT);
    return fresh;
  } catch {
    return (await kept.match(PAGE)) ?? Response.error();
  }
}

async function file(request) {
  const kept = await caches.open(KEPT);
  const known = await kept.match(request);
  const fresh = fetch(request).then(async (found) => {
    if (found.ok) await kept.put(request, found.clone());
    return found;
  });
  if (!known) return fresh;
  fresh.catch(() => null);
  return known;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
