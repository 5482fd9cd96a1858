import type { ReactNode } from 'react';

/**
 * Shows the part of Markdown that summaries of events use: bold words, code, links'
 * texts, and escaped signs. It makes elements, never HTML from text.
 */
export function Markdown({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  const pattern = /\*\*((?:\\.|[^*\\])+)\*\*|`([^`]+)`|\[((?:\\.|[^\]\\])+)\]\([^)]*\)/g;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(plain(text.slice(end, match.index)));
    const [, bold, code, link] = match;
    if (bold !== undefined) parts.push(<strong key={match.index}>{plain(bold)}</strong>);
    else if (code !== undefined) parts.push(<code key={match.index}>{code}</code>);
    else parts.push(plain(link ?? ''));
    end = match.index + match[0].length;
  }
  parts.push(plain(text.slice(end)));
  return <>{parts}</>;
}

function plain(text: string): string {
  return text.replace(/\\([\\`*_{}[\]()#+\-.!~|<>])/g, '$1');
}
