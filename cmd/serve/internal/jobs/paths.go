package jobs

import "regexp"

// folders are where paths begin from a root, up to the last name in them, which may be all there is. Names may have spaces; a colon or a quote
// ends them.
var folders = regexp.MustCompile(`(^|[\s"'(=])(?:[A-Za-z]:)?[/\\](?:[^:"'()\n]*[/\\])?`)

// withoutFolders is a text for those who must not know where this machine keeps its files: of a path only the last name is left.
func withoutFolders(text string) string { return folders.ReplaceAllString(text, "$1") }
