import { type ReactNode, startTransition, useEffect, useEffectEvent, useRef, useState } from 'react';

/** How far from what is seen rows are drawn, and more of them are read; in pixels. */
const margin = '1200px 0px';

interface RowBlockProps {
  children: ReactNode;
  /** About how high they will be, in pixels; null draws them at once. */
  expected: number | null;
}

/**
 * Some rows of a long table. Those that are far from what is seen give way to one row of
 * their height, so that a table costs what is seen of it.
 */
export function RowBlock({ children, expected }: RowBlockProps) {
  const block = useRef<HTMLTableSectionElement>(null);
  // The height that stands for them while they are not drawn.
  const [height, setHeight] = useState(expected);
  useEffect(() => {
    const section = block.current;
    if (!section) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        if (entry.isIntersecting) startTransition(() => setHeight(null));
        // What has the focus keeps it.
        else if (!section.contains(document.activeElement)) startTransition(() => setHeight(entry.boundingClientRect.height));
      },
      { rootMargin: margin },
    );
    observer.observe(section);
    return () => observer.disconnect();
  }, []);
  return (
    <tbody ref={block}>
      {height === null ? (
        children
      ) : (
        <tr aria-hidden="true">
          <td colSpan={99} style={{ height, padding: 0 }} />
        </tr>
      )}
    </tbody>
  );
}

/** Tells when the end of a list comes near to what is seen. */
export function ListEnd({ onNear }: { onNear: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const near = useEffectEvent(onNear);
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && near(), { rootMargin: margin });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={end} />;
}
