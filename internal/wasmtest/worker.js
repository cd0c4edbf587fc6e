// Runs a Go test binary in this worker: its output goes to /output as it comes, its exit code to /exit.
"use strict";

importScripts("/wasm_exec.js");

// Synchronous, because a test that hangs never lets an asynchronous request go out.
function post(path, body) {
  const request = new XMLHttpRequest();
  request.open("POST", path, false);
  request.send(body);
}

fs.writeSync = (_, bytes) => {
  post("/output", new Uint8Array(bytes));
  return bytes.length;
};

// A page has no files. Saying so, rather than that files are not supported, lets fuzz tests run their seeds.
fs.constants.O_DIRECTORY = 0x10000;
fs.open = (path, flags, mode, callback) => {
  callback(Object.assign(new Error(`${path}: there are no files in a page`), { code: "ENOENT" }));
};

onmessage = async ({ data: args }) => {
  try {
    const go = new Go();
    go.argv = ["test", ...args];
    go.exit = (code) => post("/exit", String(code));
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/test.wasm"), go.importObject);
    await go.run(instance);
  } catch (error) {
    post("/output", `${error.stack ?? error}\n`);
    post("/exit", "2");
  }
};
