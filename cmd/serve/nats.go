package main

import (
	"flag"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jetstore"
)

// natsFlags are the flags of a store in a NATS cluster. They write into c; what stands there is the default.
func natsFlags(flags *flag.FlagSet, c *jetstore.Cluster) {
	flags.StringVar(&c.URL, "nats", c.URL, "`URL` of a NATS server or cluster with JetStream that stores the runs; separate several with commas; otherwise UNPOOL_NATS")
	flags.StringVar(&c.Credentials, "nats-creds", c.Credentials, "`file` of the credentials for NATS")
	flags.StringVar(&c.CA, "nats-ca", c.CA, "`file` of the certificates that authenticate NATS, if they are not the system's")
	flags.StringVar(&c.Cert, "nats-cert", c.Cert, "`file` of the client certificate for NATS; its key is in -nats-key")
	flags.StringVar(&c.Key, "nats-key", c.Key, "`file` of the key of -nats-cert")
}

// settleNATS completes c once flags were read: a -store that is given goes before UNPOOL_NATS.
func settleNATS(flags *flag.FlagSet, c *jetstore.Cluster) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case given["store"] && given["nats"]:
		return command.Usage("-store and -nats both name a place for runs; leave one out")
	case given["store"]:
		*c = jetstore.Cluster{}
	case c.URL == "" && *c != (jetstore.Cluster{}):
		return command.Usage("-nats-creds, -nats-ca, -nats-cert and -nats-key need -nats")
	case (c.Cert == "") != (c.Key == ""):
		return command.Usage("-nats-cert and -nats-key must be used together")
	}
	if c.URL == "" {
		return nil
	}
	if err := c.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	return nil
}

// storeFlags are the flags of commands that use the store.
func (m *Main) storeFlags(flags *flag.FlagSet) {
	flags.StringVar(&m.Store, "store", m.Store, storeHelp)
	natsFlags(flags, &m.NATS)
}
