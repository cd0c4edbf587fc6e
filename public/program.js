// Why a program could not be loaded, or has ended, in words: for the page's program (guard.js) and the trainer's (trainer.js).
"use strict";

// LoadError is a file that did not arrive: the server was not reached ("unreachable"), or did not hand it out ("refused").
class LoadError extends Error {
  constructor(kind, reason) {
    super(String(reason));
    this.kind = kind;
  }
}

// getFile fetches a file, or throws a LoadError.
async function getFile(fetch, url) {
  const response = await fetch(url).catch((error) => { throw new LoadError("unreachable", error); });
  if (!response.ok) throw new LoadError("refused", `${response.status} ${response.statusText}`.trim());
  return response;
}

// keepOutput remembers the last that Go programs print, and returns what gives it; wasm_exec.js prints it on the console as well.
function keepOutput() {
  let output = "";
  const write = globalThis.fs.writeSync;
  const decoder = new TextDecoder();
  globalThis.fs.writeSync = (file, bytes) => {
    output = (output + decoder.decode(bytes)).slice(-8000);
    return write(file, bytes);
  };
  return () => output.trim();
}

// isDamaged reports whether a program arrived that is none.
function isDamaged(error) {
  return error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError || /compress|corrupt|gzip/i.test(error);
}

// forget has a damaged file downloaded again, instead of taken from one of the browser's caches.
async function forget(url) {
  try {
    for (const name of globalThis.caches ? await caches.keys() : []) {
      await (await caches.open(name)).delete(url);
    }
    await (await fetch(url, { cache: "reload" })).arrayBuffer();
  } catch { /* the next try will say what is wrong */ }
}

// failureOf says what happened to a program, called so in sentences, and what to do. again is what to do to start it again. output is
// what it had printed.
function failureOf(title, again, error, output) {
  const Title = title[0].toUpperCase() + title.slice(1);
  if (error instanceof LoadError && error.kind === "unreachable") {
    return [`${Title} could not be loaded: the server could not be reached.`, `Check the connection, then ${again}.`];
  }
  if (error instanceof LoadError) {
    return [`${Title} could not be loaded: the server answered ${error.message}.`,
      "The site is being updated or is incomplete. Reload the page in a minute; if that does not help, tell whoever runs this site."];
  }
  if (output.includes("out of memory") || error instanceof RangeError) {
    return [`${Title} ran out of memory.`, `Close other tabs or choose a smaller net or batch, then ${again}.`];
  }
  if (!output && isDamaged(error)) {
    return [`${Title} arrived damaged.`,
      `It is downloaded anew when you ${again}. If that does not help, the file on the server is damaged: tell whoever runs this site.`];
  }
  return [`${Title} stopped because of an error in it.`, `To start it anew, ${again}.`];
}
