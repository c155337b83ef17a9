// On every page: the service worker that keeps the shell for when nothing answers.

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {
    // Pages work without it; only opening them while the service is down does not.
  });
}
