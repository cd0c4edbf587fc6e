package jetstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"unpool/core/number"
	"unpool/core/store"
)

const (
	// reserve is how many bytes a disk must have left for a write to be tried. A NATS server that fails to write one message writes
	// none of that stream until it restarts; so it must not come to that.
	reserve = 32 << 20
	// slack is what the server may take beyond the store's maximum: what says that runs are deleted, and who holds them.
	slack = 64 << 20
	// maxMessage bounds an event, in bytes.
	maxMessage = 8 << 20
	// maxLeases bounds the memory of leases, in bytes.
	maxLeases = 64 << 20
)

// server is a NATS server within this process, that nobody else can reach.
type server struct {
	hold     *hold
	nats     *natsserver.Server
	dir      string
	most     int64 // bytes that the store may take
	freeDisk func(dir string) (int64, error)
}

// NoPlaceError is Open's where there can be no store, since its folder's place is wrong.
type NoPlaceError struct{ Problem string }

func (e *NoPlaceError) Error() string { return e.Problem }

// makePlace makes a store's folder if it does not exist. One whose parent does not exist is most likely a mistake: a *NoPlaceError.
func makePlace(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		return &NoPlaceError{fmt.Sprintf("the store %s cannot be created, since the folder %s does not exist: correct the path, or create that folder", dir, filepath.Dir(dir))}
	}
	if errors.Is(err, fs.ErrExist) {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return &NoPlaceError{fmt.Sprintf("the store %s is not a folder", dir)}
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("cannot create the store's folder: %w", err)
	}
	return nil
}

// Open opens the store in a folder, which is made if it does not exist: a *HeldError where another process has it. It takes at most
// so many bytes; 0 means what it takes already and three quarters of what is free on the disk. What is acknowledged is on the disk.
func Open(ctx context.Context, dir string, most int64) (*Store, error) {
	return open(ctx, dir, most, freeDisk)
}

func open(ctx context.Context, dir string, most int64, free func(string) (int64, error)) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := makePlace(dir); err != nil {
		return nil, err
	}
	h, err := holdStore(dir)
	if err != nil {
		return nil, err
	}
	own := &server{hold: h, dir: dir, most: most, freeDisk: free}
	s, err := own.start(ctx)
	if err != nil {
		own.stop()
		return nil, fmt.Errorf("cannot open the store %s: %w", dir, errors.Join(err, h.lock.Unlock())) // as it was found: perhaps to be swept
	}
	return s, nil
}

func (o *server) start(ctx context.Context) (*Store, error) {
	used, err := size(o.dir)
	if err != nil {
		return nil, err
	}
	if o.most == 0 {
		free, err := o.freeDisk(o.dir)
		if err != nil {
			return nil, err
		}
		o.most = used + free/4*3
	}
	said := &complaints{}
	o.nats, err = natsserver.NewServer(&natsserver.Options{
		ServerName: "unpool", DontListen: true, NoSigs: true, NoSystemAccount: true, MaxPayload: maxMessage,
		JetStream: true, StoreDir: o.dir, SyncAlways: true,
		// Over its maximum a server may not bring back a stream.
		JetStreamMaxStore: max(o.most, used) + slack, JetStreamMaxMemory: maxLeases,
	})
	if err != nil {
		return nil, err
	}
	o.nats.SetLogger(said, false, false)
	o.nats.Start() // until it is ready, since it listens nowhere
	if !o.nats.JetStreamEnabled() {
		return nil, fmt.Errorf("NATS does not start: %s", said.last())
	}
	conn, err := nats.Connect("", append(common(), nats.InProcessServer(o.nats), nats.MaxReconnects(0))...)
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, conn, o, leaseFor)
	if err != nil {
		conn.Close()
		return nil, errors.Join(o.room(0), err) // NATS does not say that the disk is full
	}
	if o.hold.killed {
		// On a full disk what is left stays, and everything can be read.
		if err := s.sweep(ctx); err != nil && !errors.Is(err, store.ErrFull) {
			s.end()
			conn.Close()
			return nil, err
		}
	}
	return s, nil
}

// stop ends the server.
func (o *server) stop() {
	if o.nats != nil {
		o.nats.Shutdown()
		o.nats.WaitForShutdown()
	}
}

// close ends the server, and leaves the folder to others.
func (o *server) close() error {
	o.stop()
	return o.hold.release()
}

// room is Store's.
func (o *server) room(bytes int64) error {
	free, err := o.freeDisk(o.dir)
	if err != nil {
		return err
	}
	if free < reserve+bytes {
		return fmt.Errorf("%w: the disk of %s has %s left, and %s must stay free", store.ErrFull, o.dir, number.Bytes(free), number.Bytes(reserve))
	}
	if used := o.nats.GlobalAccount().JetStreamUsage().Store; used > math.MaxInt64 || int64(used)+bytes > o.most {
		return fmt.Errorf("%w: %s may use %s; delete runs or allow more", store.ErrFull, o.dir, number.Bytes(o.most))
	}
	return nil
}

// Announce says to processes that find the store in use where they can ask for what it has; to nobody but the same user's.
func (s *Store) Announce(address string) error {
	if s.server == nil {
		return nil
	}
	return s.server.hold.write(Holder{PID: os.Getpid(), Address: address})
}

// size is how many bytes the files in a folder have.
func size(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// complaints keeps the last error of a NATS server, which reports it to its log only.
type complaints struct {
	mu   sync.Mutex
	text string
}

func (c *complaints) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text
}

// Errorf keeps an error.
func (c *complaints) Errorf(format string, v ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = fmt.Sprintf(format, v...)
}

// Fatalf keeps an error, which is not the end of this program.
func (c *complaints) Fatalf(format string, v ...any) { c.Errorf(format, v...) }

// Warnf, and what follows, is of no interest here.
func (c *complaints) Warnf(string, ...any)   {}
func (c *complaints) Noticef(string, ...any) {}
func (c *complaints) Debugf(string, ...any)  {}
func (c *complaints) Tracef(string, ...any)  {}
