import { cloneElement, type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import styles from './Tabs.module.css';

interface Tab {
  label: ReactNode;
  link: ReactElement<{ className?: string; 'aria-current'?: 'page' | undefined; children?: ReactNode }>;
  on: boolean;
}

/** The parts of a page, each with an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const nav = useRef<HTMLElement>(null);
  const on = tabs.findIndex((tab) => tab.on);
  // On a phone the tabs are wider than the page.
  // Newer browsers answer with a promise, which is nothing for an effect to return.
  useEffect(() => void nav.current?.children[on]?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [on]);
  return (
    <nav aria-label={label} className={styles.tabs} ref={nav}>
      {tabs.map((tab, index) =>
        cloneElement(
          tab.link,
          { key: index, className: `${styles.tab} ${tab.on ? styles.on : ''}`, 'aria-current': tab.on ? 'page' : undefined },
          tab.label,
        ),
      )}
    </nav>
  );
}
