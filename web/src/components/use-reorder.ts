import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';

interface Drag {
  from: number;
  to: number;
  /** How far the pointer has come, in pixels. */
  by: number;
  /** The height of what is dragged. */
  height: number;
}

/** Returns where an item would land whose middle is at y, among the middles of the others. */
function placeAt(y: number, from: number, middles: number[]): number {
  return middles.filter((middle, index) => index !== from && middle < y).length;
}

/**
 * Lets people order the items of a list: by dragging a handle, or by the arrow keys while
 * it has the focus. The list's children are the items.
 */
export function useReorder(count: number, onMove: (from: number, to: number) => void) {
  const list = useRef<HTMLOListElement>(null);
  const start = useRef<{ y: number; middles: number[] } | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);

  function stop() {
    start.current = null;
    setDrag(null);
  }

  /** What the handle of an item needs. */
  function handle(index: number) {
    return {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0) return;
        const boxes = [...(list.current?.children ?? [])].map((item) => item.getBoundingClientRect());
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { y: event.clientY, middles: boxes.map((box) => box.top + box.height / 2) };
        setDrag({ from: index, to: index, by: 0, height: boxes[index]?.height ?? 0 });
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        if (!start.current || !drag) return;
        const by = event.clientY - start.current.y;
        const to = placeAt((start.current.middles[index] ?? 0) + by, index, start.current.middles);
        setDrag({ ...drag, by, to });
      },
      onPointerUp() {
        if (drag && drag.to !== drag.from) onMove(drag.from, drag.to);
        stop();
      },
      onPointerCancel: stop,
      onKeyDown(event: KeyboardEvent<HTMLElement>) {
        if (event.key === 'Escape' && drag) {
          event.stopPropagation();
          stop();
          return;
        }
        const to = event.key === 'ArrowUp' ? index - 1 : event.key === 'ArrowDown' ? index + 1 : index;
        if (to === index) return;
        event.preventDefault();
        if (to >= 0 && to < count) onMove(index, to);
      },
    };
  }

  /** How an item lies while something is dragged. */
  function style(index: number): CSSProperties {
    if (!drag) return {};
    if (index === drag.from) return { transform: `translateY(${drag.by}px)` };
    const up = index > drag.from && index <= drag.to;
    const down = index < drag.from && index >= drag.to;
    const shift = up ? -drag.height : down ? drag.height : 0;
    return { transform: `translateY(${shift}px)`, transition: 'transform 120ms' };
  }

  return { list, handle, style, dragged: drag?.from };
}
