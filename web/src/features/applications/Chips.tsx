import { Chip, type Tone } from '../../components/Chip';
import styles from './Chips.module.css';

/** Names beside each other, as far as there is room. */
export function Chips({ items, tone = 'plain' }: { items: string[]; tone?: Tone }) {
  if (items.length === 0) return null;
  return (
    <ul className={styles.chips}>
      {items.map((item) => (
        <li key={item}>
          <Chip tone={tone}>{item}</Chip>
        </li>
      ))}
    </ul>
  );
}
