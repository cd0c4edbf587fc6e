// problems returns, in words, what is wrong with where things stand on the page that is shown.
(() => {
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = (e) => e.tagName.toLowerCase() + (e.id && "#" + e.id) + [...e.classList].map((c) => "." + c).join("");
  // once is what of gives for an element and the value of its parent, worked out once an element.
  const once = (none, of) => {
    const known = new Map();
    const value = (e) => {
      if (!e) return none;
      if (!known.has(e)) known.set(e, of(e, value(e.parentElement)));
      return known.get(e);
    };
    return value;
  };
  let within, floats, clipped;
  const look = () => { // again, since the page has another size
    within = once([], (e, outer) => getComputedStyle(e).overflow === "visible" ? outer : [e, ...outer]); // boxes that cut off or scroll what is in them
    floats = once(false, (e, outer) => outer || /fixed|sticky/.test(getComputedStyle(e).position) || Boolean(e.popover));
    clipped = once(false, (e, outer) => outer || getComputedStyle(e).clipPath !== "none");
  };

  // lines are the visible lines of text, each as a box.
  const lines = () => {
    const found = [];
    const walker = document.createTreeWalker(document.querySelector(".page") ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!node.data.trim() || e.closest("svg, .unseen, [popover], noscript") || !seen(e) || clipped(e)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
      found.push({ e, text: node.data.trim(), boxes });
    }
    return found;
  };

  const overlapping = (all) => {
    const boxes = [];
    for (const { e, text, boxes: own } of all) {
      if (floats(e)) continue;
      const cutters = within(e).map((c) => c.getBoundingClientRect());
      for (const r of own) {
        if (cutters.some((c) => r.right > c.right + 1 || r.left < c.left - 1 || r.bottom > c.bottom + 1 || r.top < c.top - 1)) continue;
        const quarter = r.height / 4; // above and below the letters
        boxes.push({ e, text, left: r.left + 1, right: r.right - 1, top: r.top + quarter, bottom: r.bottom - quarter });
      }
    }
    boxes.sort((a, b) => a.top - b.top);
    const found = [];
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        if (a.left < b.right && b.left < a.right && a.e !== b.e) found.push(`“${a.text}” and “${b.text}” overlap in ${name(b.e)}`);
      }
    }
    return found;
  };

  const cutOff = (all) => all.filter(({ e, boxes }) => {
    const style = getComputedStyle(e);
    const ends = (c) => getComputedStyle(c).textOverflow === "ellipsis" && (e.title || e.closest("[title]"));
    const cutter = within(e).find((c) => /hidden|clip/.test(getComputedStyle(c).overflowX) && !/auto|scroll/.test(getComputedStyle(c).overflowX));
    const button = e.closest("button, .button");
    const outside = (c, by) => { const o = c.getBoundingClientRect(); return boxes.some((r) => r.right > o.right + by || r.left < o.left - by); };
    return cutter && !ends(cutter) && cutter !== document.body && outside(cutter, 1) && style.textOverflow !== "ellipsis" || button && outside(button, 1);
  }).map(({ e, text }) => `“${text}” is cut off in ${name(e)}`);

  const thin = (all) => all.filter(({ text, boxes }) => text.length >= 8 && boxes.length >= 4 && text.length / boxes.length < 2.5)
    .map(({ e, text }) => `“${text}” is set letter by letter in ${name(e)}`);

  const bars = () => [...document.querySelectorAll("body *:not(svg *)")].filter((e) => {
    const { position, pointerEvents } = getComputedStyle(e);
    if (!seen(e) || e.popover || pointerEvents === "none" || e.closest("[hidden], #app-wasm-loader")) return false;
    const own = within(e).every((c) => c === document.body || c === document.documentElement);
    return (position === "fixed" || position === "sticky" && own) && e.getBoundingClientRect().height > innerHeight / 4 + 1;
  }).map((e) => `${name(e)} stays on the screen and takes ${Math.round(e.getBoundingClientRect().height)} of its ${innerHeight} pixels`);

  // invisible are things told by their colour alone, in colours that the reader has chosen over ours.
  const invisible = () => [...document.querySelectorAll("progress, .ramp, .tab[aria-selected=true], nav a[aria-current], .icon, .sample, .bar, .disclosure, .swatch, .key, .points tr.at")]
    .filter(seen).filter((e) => {
      const style = getComputedStyle(e);
      const ground = getComputedStyle(document.body).backgroundColor;
      switch (true) {
        case e.matches("progress, .bar"): return style.borderTopStyle === "none" && (style.forcedColorAdjust !== "none");
        case e.matches(".ramp"): return style.backgroundImage === "none" || style.forcedColorAdjust !== "none";
        case e.matches("[aria-selected], [aria-current]"): return style.borderBottomStyle === "none" || style.borderBottomColor === ground;
        case e.matches(".points .at"): return style.outlineStyle === "none";
        case e.matches(".icon"): return style.fill === ground;
        case e.matches(".disclosure"): return getComputedStyle(e, "::before").forcedColorAdjust !== "none";
      }
      return style.forcedColorAdjust !== "none";
    }).map((e) => `${name(e)} is not seen in forced colours`);

  return async (forced) => {
    await new Promise((drawn) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(drawn)), 60)); // charts take the room they have
    look();
    const root = document.documentElement;
    const found = [];
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.querySelectorAll(".page *")].filter((e) => seen(e) && e.getBoundingClientRect().right > root.clientWidth + 1 &&
        within(e).every((c) => c === document.body)).map(name);
      found.push(`the page is ${root.scrollWidth} wide: ${wide.slice(-4).join(", ")}`);
    }
    const all = lines();
    found.push(...overlapping(all), ...cutOff(all), ...thin(all), ...bars());
    if (forced) found.push(...invisible());
    return [...new Set(found)].slice(0, 8);
  };
})()
