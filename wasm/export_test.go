package wasm

// Missing are the operations that the backend does not declare.
var Missing = missing

// LoseArena makes every run trap, in whichever thread first writes to scratch memory, until found is called.
func (b *Backend) LoseArena() (found func()) {
	b.running.Lock()
	defer b.running.Unlock()
	addr := b.arena
	b.arena = 1<<32 - 1<<12 // past the end of the memory
	return func() {
		b.running.Lock()
		defer b.running.Unlock()
		b.arena = addr
	}
}

// ArenaSize is how many bytes of scratch memory the backend keeps.
func (b *Backend) ArenaSize() uint64 {
	b.running.Lock()
	defer b.running.Unlock()
	return b.arenaSize
}
