// Refuses texts outside src/texts: words between tags, and words in attributes that people see or hear.
// So that the whole app can be read, and translated, in one folder.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const shown = new Set(['alt', 'aria-description', 'aria-label', 'description', 'error', 'label', 'placeholder', 'title', 'closeButtonLabel']);
const word = /\p{L}{2}/u;

const found = [];
for (const file of readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.tsx'))) {
  const source = ts.createSourceFile(file, readFileSync(join('src', file), 'utf8'), ts.ScriptTarget.Latest, true);
  const refuse = (node) => found.push(`src/${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText().trim()}`);
  const visit = (node) => {
    if (ts.isJsxText(node) && word.test(node.text)) {
      refuse(node);
    } else if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      literals(node.expression);
    } else if (ts.isJsxAttribute(node) && shown.has(node.name.getText()) && node.initializer) {
      literals(ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
    }
    ts.forEachChild(node, visit);
  };
  // The values that an expression can have, as far as they stand in it.
  const literals = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const text = ts.isTemplateExpression(node) ? node.head.text + node.templateSpans.map((span) => span.literal.text).join(' ') : node.text;
      if (word.test(text)) refuse(node);
    } else if (ts.isConditionalExpression(node)) {
      literals(node.whenTrue);
      literals(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) {
      literals(node.right);
    } else if (ts.isParenthesizedExpression(node)) {
      literals(node.expression);
    }
  };
  visit(source);
}

if (found.length > 0) {
  console.error(`These texts belong into src/texts:\n${found.join('\n')}`);
  process.exit(1);
}
