// Keeps the shell: pages without anything personal, and their files. What the wallet's
// interface answers is never kept. Asked first is always the service itself; what is kept
// helps out where it does not answer.

const shell = "SHELL";
const CACHE = `wallet-${shell.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([...shell.files, ...shell.pages]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (shell.files.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept || fetch(request)));
  } else if (request.mode === "navigate" && shell.pages.includes(url.pathname)) {
    event.respondWith(page(request, url.pathname));
  }
});

async function page(request, path) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) {
      const cache = await caches.open(CACHE);
      await cache.put(path, fresh.clone());
    }
    return fresh;
  } catch (error) {
    const kept = await caches.match(path);
    if (kept) return kept;
    throw error;
  }
}
