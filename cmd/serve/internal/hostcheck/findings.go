package hostcheck

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// build is the version that a page names in its addresses.
var build = regexp.MustCompile(`web/css/[a-z]+\.css\?v=([0-9a-f]+)`)

// whose reports whether the first page is that of the site, and of which version.
func whose(first *answer, version string) Finding {
	found := build.FindSubmatch(first.body)
	switch {
	case first.status != http.StatusOK:
		return Finding{Broken, fmt.Sprintf("%s answers %d %s: the site is not there, or the address is that of another folder.", first.at, first.status, http.StatusText(first.status))}
	case found == nil:
		return Finding{Broken, fmt.Sprintf("The page at %s is not Unpool's: the site is not there, or the address is that of another folder.", first.at)}
	case string(found[1]) != version:
		return Finding{Broken, fmt.Sprintf("The site is of version %s, and this program writes version %s: check it with the program that wrote it, or write it again.", found[1], version)}
	}
	return Finding{OK, "The site is there, in the version of this program (" + version + ")."}
}

// listed names some of many files.
func listed(names []string) string {
	const some = 3
	if len(names) > some {
		return strings.Join(names[:some], ", ") + fmt.Sprintf(" and %d more", len(names)-some)
	}
	return strings.Join(names, ", ")
}

func content(files []File, all []*answer) Finding {
	var wrong []string
	for i, a := range all {
		if a.broken != "" {
			wrong = append(wrong, fmt.Sprintf("%s (%s)", files[i].Path, a.broken))
		}
	}
	if len(wrong) > 0 {
		return Finding{Broken, fmt.Sprintf("%d of %d files are not as they were written: %s.", len(wrong), len(files), listed(wrong))}
	}
	return Finding{OK, fmt.Sprintf("All %d files are there as they were written.", len(files))}
}

func types(files []File, all []*answer) Finding {
	var wrong []string
	for i, f := range files {
		if got := all[i].header.Get("Content-Type"); all[i].status == http.StatusOK && !f.Kind.is(got) {
			wrong = append(wrong, fmt.Sprintf("%s as %q", f.Path, got))
		}
	}
	if len(wrong) > 0 {
		return Finding{Broken, fmt.Sprintf("Browsers do not use files of a wrong type; the host sends %s. Set the types by the files' extensions.", listed(wrong))}
	}
	return Finding{OK, "Pages, scripts, style sheets and pictures have the types that browsers expect."}
}

func compression(files []File, all []*answer) Finding {
	plain, large := 0, 0
	for i, f := range files {
		if a := all[i]; f.Kind != Data && !a.packed && f.Size > 1400 { // less travels in one packet anyway
			plain++
			large += a.size
		}
	}
	if plain > 0 {
		return Finding{Less, fmt.Sprintf("The host does not compress %d of the text files, %d kB in all: a first visit takes longer. The programs are compressed in any case.", plain, large/1000)}
	}
	return Finding{OK, "The host compresses text files; the programs are compressed in any case."}
}

func secure(root Root) Finding {
	if !root.trusted() {
		return Finding{Less, "The address is not https: browsers then train on one thread, and the page does not work offline."}
	}
	return Finding{OK, "At this address browsers allow threads and offline use."}
}

func isolation(first *answer) Finding {
	opener, embedder := first.header.Get("Cross-Origin-Opener-Policy"), first.header.Get("Cross-Origin-Embedder-Policy")
	switch {
	case opener == "" && embedder == "":
		return Finding{OK, "The host sends no headers for threads: the page adds them by itself, and reloads once at the first visit."}
	case opener == "same-origin" && (embedder == "require-corp" || embedder == "credentialless"):
		return Finding{OK, "The host sends the headers for threads (cross-origin isolation)."}
	}
	return Finding{Less, fmt.Sprintf("The host sends Cross-Origin-Opener-Policy %q and Cross-Origin-Embedder-Policy %q: threads need same-origin and require-corp, or neither header.", opener, embedder)}
}

func policy(first *answer) Finding {
	csp := first.header.Get("Content-Security-Policy")
	switch {
	case csp == "":
		return Finding{OK, "The host sends no content security policy of its own: the one in the pages applies."}
	case !strings.Contains(csp, "'wasm-unsafe-eval'") && (strings.Contains(csp, "script-src") || strings.Contains(csp, "default-src")):
		return Finding{Broken, fmt.Sprintf("The host's content security policy forbids WebAssembly, which the page needs: add 'wasm-unsafe-eval' to script-src in %q.", csp)}
	}
	return Finding{OK, "The host's content security policy allows WebAssembly."}
}

var maxAge = regexp.MustCompile(`max-age=(\d+)`)

func age(first *answer) Finding {
	found := maxAge.FindStringSubmatch(first.header.Get("Cache-Control"))
	if found == nil {
		return Finding{OK, "Browsers ask for pages every time, so that a new version of the site is seen at once."}
	}
	keep, err := time.ParseDuration(found[1] + "s")
	if err != nil || keep > 24*time.Hour {
		return Finding{Less, fmt.Sprintf("The host lets browsers keep pages for %s seconds: a new version of the site is seen only later.", found[1])}
	}
	return Finding{OK, fmt.Sprintf("Browsers ask for pages again after %v, and then see a new version of the site.", keep)}
}

func missing(stranger *answer) Finding {
	if stranger.status == http.StatusOK {
		return Finding{Less, "The host answers with a page where there is no file: missing files are then reported as damaged. Have it answer 404."}
	}
	return Finding{OK, fmt.Sprintf("Where there is no file, the host says so (%d).", stranger.status)}
}
