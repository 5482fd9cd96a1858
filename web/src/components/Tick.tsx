import styles from './Tick.module.css';

interface TickProps {
  label: string;
  checked: boolean;
  /** Whether some of what it stands for is chosen. */
  indeterminate?: boolean;
  onChange: (checked: boolean) => void;
}

/** Chooses a row of a list: one element, since lists have hundreds of them. */
export function Tick({ label, checked, indeterminate = false, onChange }: TickProps) {
  return (
    <input
      type="checkbox"
      className={styles.tick}
      aria-label={label}
      checked={checked}
      ref={(input) => {
        if (input) input.indeterminate = indeterminate;
      }}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
