package markdown

import "testing"

func TestHTML(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"one\nline\n\n\nanother":          "<p>one\nline</p>\n<p>another</p>\n",
		"### A *small* heading\ntext":     "<h3>A <em>small</em> heading</h3>\n<p>text</p>\n",
		"- a\n  goes on\n- **b**":         "<ul>\n<li>a\ngoes on</li>\n<li><strong>b</strong></li>\n</ul>\n",
		"1. a\n2. b":                      "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n",
		"```go\na < b\n\n*c*\n```\nafter": "<pre><code>a &lt; b\n\n*c*</code></pre>\n<p>after</p>\n",
		"```\nnever closed":               "<pre><code>never closed</code></pre>\n",
		"<details><summary>Q</summary>\n\nA\n\n</details>": "<details><summary>Q</summary>\n<p>A</p>\n</details>\n",
		"| a | b |\n| - | - |\n| 1 | *2* |":                "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td><em>2</em></td></tr>\n</table>\n",
		"a < b & c<sub>1</sub> &nbsp; &":                   "<p>a &lt; b &amp; c<sub>1</sub> &nbsp; &amp;</p>\n",
		"`a*b*<c>` and [a *link*](./look/?x)":              "<p><code>a*b*&lt;c&gt;</code> and <a href=\"./look/?x\">a <em>link</em></a></p>\n",
		"2 * 3 * 4":                                        "<p>2 * 3 * 4</p>\n",
	} {
		if got := HTML(text); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", text, got, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("- a\n```\n| b\n`")
	f.Fuzz(func(t *testing.T, text string) { HTML(text) })
}
