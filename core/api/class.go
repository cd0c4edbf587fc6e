package api

// Paths of what a server has for a class.
const (
	Class     = "api/class"      // GET: a ClassState, null where there is no server
	ClassCode = "api/class.svg"  // GET: the class's link as a QR code
	ClassOpen = "api/class/open" // GET: empty lines without end; a member's page is counted as long as it reads them
	Kit       = "api/kit.zip"    // GET: the site for a class without internet, as files
)

// ClassState is what a server says of the class that uses its site.
type ClassState struct {
	Member bool   `json:"member,omitempty"` // whoever asks has the class's link, which opens the site and none of the server's runs; the rest is not for members
	Link   string `json:"link,omitempty"`   // the class's, with its token; "" where other machines cannot reach the server
	Open   int64  `json:"open"`             // pages that are open by that link
	Kit    int64  `json:"kit"`              // size of the file at Kit in bytes; 0 where it cannot be made
}
