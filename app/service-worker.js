// The service worker: makes the page start without a network, and adds the headers that isolate it (for shared
// memory) where the host of the files cannot. What stands in {{…}} below is filled in.
"use strict";

const scope = new URL(self.registration.scope).pathname;
const ours = `unpool ${scope} `; // a host may have other sites, below other paths
const programs = ours + "{{.Version}}"; // this build's files
const dataSets = ours + "data 2"; // images, which many builds share
const version = (path) => path.startsWith("web/data/") ? "?v={{data}}" : "?v={{.Version}}"; // by which a file that cannot change is asked for
const resourcesToCache = {{.ResourcesToCache}};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(programs);
    await cache.addAll(resourcesToCache.map((url) => new Request(url, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const others = (await caches.keys()).filter((name) => name.startsWith(ours) && name !== programs && name !== dataSets);
    others.pop(); // the version before: its pages may still be open, and need its files
    for (const name of others) {
      await caches.delete(name);
    }
    const images = await caches.open(dataSets);
    for (const request of await images.keys()) {
      if (new URL(request.url).search !== version("web/data/")) {
        await images.delete(request); // the site has others now
      }
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(scope)) {
    return;
  }
  const path = url.pathname.slice(scope.length);
  const streams = (request.headers.get("accept") || "").includes("text/event-stream");
  if (path.startsWith("api/") || streams || request.headers.has("range")) {
    return;
  }
  if (request.mode === "navigate" && url.searchParams.has("token")) { // the server is to see it, and to answer with a cookie
    event.respondWith(fetch(request).catch(() => answer(request, path, url)));
    return;
  }
  if (resourcesToCache.includes(path + "/")) { // a page: it knows where it is by the slash at its end
    event.respondWith(Response.redirect(new URL(url.pathname + "/" + url.search, url)));
    return;
  }
  event.respondWith(answer(request, path, url));
});

// answer takes a file from the cache, and otherwise from the network, keeping what cannot change: files asked for
// by version.
async function answer(request, path, url) {
  const asked = path.startsWith("web/") && url.searchParams.get("v"); // of another version, where a page of that is still open
  const store = path.startsWith("web/data/") ? dataSets : asked ? ours + asked : programs;
  // A link may carry a recipe in its query; the page is the same.
  const cached = await caches.match(request, { cacheName: store, ignoreSearch: request.mode === "navigate" });
  if (cached) {
    return isolated(cached);
  }
  const response = await fetch(request);
  if (response.status === 200 && url.search === version(path)) {
    const cache = await caches.open(store);
    await cache.put(request, response.clone()).catch(() => {}); // no room to keep it: it still serves
  }
  return isolated(response);
}

// isolated adds the headers of a cross-origin isolated page.
function isolated(response) {
  if (response.type !== "basic" && response.type !== "default") {
    return response;
  }
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
