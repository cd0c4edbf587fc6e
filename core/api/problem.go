package api

import (
	"maps"
	"slices"
)

// Problem is an error, as application/problem+json (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Code   Code   `json:"code" doc:"which problem it is, for programs; it stays the same however it is worded"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"` // what is wrong, in a sentence for people, and what to do
}

// Code says which problem it is, for programs: it stays the same however Detail is worded.
type Code string

// The codes, and the status of each.
const (
	CodeInvalid      Code = "invalid"      // 422, or 400: the request says something wrong
	CodeUnauthorized Code = "unauthorized" // 401: the token is missing
	CodeForbidden    Code = "forbidden"    // 403: the request is from another site
	CodeNotFound     Code = "not_found"    // 404
	CodeMethod       Code = "method"       // 405: the path does not have it
	CodeExists       Code = "exists"       // 409: there is a run of that ID
	CodeBusy         Code = "busy"         // 409: another program holds the run
	CodeChanged      Code = "changed"      // 409: it was changed or deleted meanwhile
	CodeQueued       Code = "queued"       // 409: the run is in the queue or in training
	CodeIdle         Code = "idle"         // 409: the run is neither in training nor in the queue
	CodeWaits        Code = "waits"        // 409: the run waits for its turn, until which it can only be stopped
	CodeSilent       Code = "silent"       // 409: the machine that trains the run does not answer
	CodeOver         Code = "over"         // 409: the run or sweep cannot continue from where it is
	CodeInSweep      Code = "in_sweep"     // 409: the run's sweep has not ended
	CodeNoData       Code = "no_data"      // 409: the server does not have the data set
	CodeTooLarge     Code = "too_large"    // 413
	CodeMediaType    Code = "media_type"   // 415
	CodeMisdirected  Code = "misdirected"  // 421: the request is for another host's name
	CodeQueueFull    Code = "queue_full"   // 429
	CodeFailed       Code = "failed"       // 500: the server's own fault; its terminal says more
	CodeTooMany      Code = "too_many"     // 503: too many connections, streams or uploads; Retry-After says when to ask again
	CodeUnreachable  Code = "unreachable"  // 503: the server cannot reach its store
	CodeCancelled    Code = "cancelled"    // 503: the server is stopping, or the client is gone
	CodeNoStore      Code = "no_store"     // 503: the server stores no runs
	CodeFull         Code = "full"         // 507: the server's storage is full
)

// statuses are the statuses of the codes, with 422 for CodeInvalid.
var statuses = map[Code]int{
	CodeInvalid: 422, CodeUnauthorized: 401, CodeForbidden: 403, CodeNotFound: 404, CodeMethod: 405, CodeExists: 409, CodeBusy: 409, CodeChanged: 409,
	CodeQueued: 409, CodeIdle: 409, CodeWaits: 409, CodeSilent: 409, CodeOver: 409, CodeInSweep: 409, CodeNoData: 409, CodeTooLarge: 413, CodeMediaType: 415,
	CodeMisdirected: 421, CodeQueueFull: 429, CodeFailed: 500, CodeTooMany: 503, CodeUnreachable: 503, CodeCancelled: 503, CodeNoStore: 503, CodeFull: 507,
}

// Status is the HTTP status of a problem of the code.
func (c Code) Status() int { return statuses[c] }

// Codes are all codes, in order.
func Codes() []Code { return slices.Sorted(maps.Keys(statuses)) }
