package notify

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// markdown turns comments into HTML for mails: without raw HTML, and with links and pictures as
// the text that they have, since the one link of a mail is Quorate's own.
var markdown = goldmark.New(goldmark.WithRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(
	util.Prioritized(textOfLinks{}, 1), util.Prioritized(html.NewRenderer(html.WithHardWraps()), 1000),
))))

// textOfLinks renders links and pictures as text.
// Children of links are rendered as they are, without the link around them.
type textOfLinks struct{}

// RegisterFuncs says for which nodes.
func (textOfLinks) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	children := func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) { return ast.WalkContinue, nil }
	register.Register(ast.KindLink, children)
	register.Register(ast.KindImage, children)
	register.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := node.(*ast.AutoLink); ok && entering {
			_, _ = w.Write(util.EscapeHTML(link.Label(source))) // a buffer in memory
		}
		return ast.WalkContinue, nil
	})
}

// htmlOf returns a comment as HTML.
// Markdown in a comment was escaped by nobody before: what is HTML in it is left out here.
func htmlOf(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("notify: render a comment: %w", err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // goldmark escapes text and leaves out raw HTML
}
