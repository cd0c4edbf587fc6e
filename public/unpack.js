// Programs travel as gzip files, since not every host compresses what it sends. This has WebAssembly.instantiateStreaming take
// them: a response that is packed, and one that was unpacked on its way. What ends the response's arrival is a LoadError (program.js).
"use strict";
if (globalThis.WebAssembly) {
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const reader = (await source).body.getReader();
    let lost;
    const read = () => reader.read().catch((error) => {
      lost = new LoadError("unreachable", error);
      throw lost;
    });
    const first = await read();
    const body = new ReadableStream({
      start(out) {
        if (!first.done) out.enqueue(first.value);
      },
      async pull(out) {
        const { done, value } = await read();
        if (done) out.close();
        else out.enqueue(value);
      },
    });
    const packed = first.value?.[0] === 0x1f; // a module begins with a zero
    try {
      return await instantiate(new Response(packed ? body.pipeThrough(new DecompressionStream("gzip")) : body,
        { headers: { "content-type": "application/wasm" } }), imports);
    } catch (error) {
      throw lost ?? error; // streams do not hand on why
    }
  };
}
