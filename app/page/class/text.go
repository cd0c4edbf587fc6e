package class

// What the page says, as HTML: elements of go-app would take more room in the program.

const intro = `<div class="prose"><h1 id="class-title">Class</h1>` +
	`<p class="lead">A class needs no accounts: everybody opens one link, and trains in their own browser.</p></div>`

const open = `<div class="class-link"><img src="api/class.svg" alt="QR code of the class’s link" width="320" height="320"><div class="prose">` +
	`<p class="class-address"><code id="class-address">%s</code></p>` +
	`<p>Scan it, or type it. The link ends with a password for the class: it opens the pages and the images, but none of the runs on this server. ` +
	`For those one needs the address that <code>serve</code> printed when it started: keep that one to yourself.</p>%s</div></div>`

const plain = `<p class="under">Over plain http, nets train on one thread, the page does not open offline, and the browser may drop stored runs; ` +
	`<code>serve -tls CERT,KEY</code> changes that.</p>`

const alone = `<p>No other machine can reach this server. Start it with <code>serve -addr 0.0.0.0:8080</code>, and this page shows a link for the class, ` +
	`with its QR code and how many are connected.</p>`

const member = `<p>You are here by a class’s link. What you train is stored in your browser, and nowhere else.</p>`

const noServer = `<p>This site is served as files: its address is the class’s link, and nothing that anybody trains leaves their browser.</p>`

const start = `<section class="panel prose" aria-labelledby="start-title"><h2 id="start-title">The same start for everybody</h2><p>Choose the settings on the <a href="./">Train page</a>, and give the class the link ` +
	`from <em>Files and link</em> there: it opens the same settings in every browser. Who hands in a run exports it as a file on the ` +
	`<a href="./runs/">Runs page</a>.</p></section>`

const without = `<section class="panel prose" aria-labelledby="kit-title"><h2 id="kit-title">Without internet</h2>`

const kitText = `<p>This site as files, with MNIST, trained nets and a README for teachers. From a USB stick or the school’s file share it needs nothing ` +
	`but a web server on the computer that opens it.</p>`

const kitButton = `<p><a id="class-kit" class="button" href="api/kit.zip" download>Download the class kit (zip, %s)</a></p>`

const kitByHand = `<p>Unpool’s program writes it: <code>serve kit DIR</code></p>`
