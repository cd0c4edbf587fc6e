package e2e

// overhear is a script that keeps the trainer as window.trainer, its runs' events in window.events with the times, the last
// end of a run as window.end, and a file that it sends as window.saved.
const overhear = `
	window.events = [];
	window.Worker = class extends Worker {
		constructor(...args) {
			super(...args);
			window.trainer = this;
			this.addEventListener('message', ({ data }) => {
				const [head, body] = (data.text ?? data).split('\n');
				if (data.file) window.saved = data.file;
				if (JSON.parse(head).kind !== 'event') return;
				events.push({ at: performance.now(), event: body });
				if (body.startsWith('{"type":"end"')) window.end = body;
				dispatchEvent(new Event('overheard'));
			});
		}
	};`
