package store_test

import (
	"testing"

	"unpool/core/store"
	"unpool/core/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Test(t, 10_000, func(*testing.T) storetest.Open {
		m := &store.Memory{}
		return func() store.Store { return m }
	})
}
