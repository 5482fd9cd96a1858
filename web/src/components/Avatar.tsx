import { Tooltip } from '@mantine/core';
import { texts } from '../texts';
import styles from './Avatar.module.css';

// Hues whose text stays readable on them; a name always gets the same.
const hues = [230, 265, 300, 340, 15, 150, 175, 200];

function initials(name: string): string {
  const words = name.split(/[\s._@-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? '?') + (words[1]?.[0] ?? '')).toUpperCase();
}

/** How somebody is called: what Quorate does by itself has a name in the API that tools know. */
export const called = (name: string) => (name === 'unleash_system_user' ? texts.name : name);

/** A person's initials. No picture is loaded, since it would tell another host who looks at what. */
export function Avatar({ name: known, size = 20, tip = true }: { name: string; size?: number; tip?: boolean }) {
  const name = called(known);
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  const face = (
    <span
      className={styles.avatar}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.45), background: `hsl(${hues[sum % hues.length]} 48% 34%)` }}
      role="img"
      aria-label={name}
    >
      {initials(name)}
    </span>
  );
  return tip ? <Tooltip label={name}>{face}</Tooltip> : face;
}
