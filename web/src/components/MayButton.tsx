import { Button, type ButtonProps, Menu, type MenuItemProps, Tooltip } from '@mantine/core';
import type { MouseEvent } from 'react';

interface MayButtonProps extends ButtonProps {
  may: boolean;
  /** Why the button cannot be pressed, if it cannot. */
  why: string;
  onClick: () => void;
}

/** A button that says why it cannot be pressed, to eyes and to screen readers. */
export function MayButton({ may, why, onClick, ...props }: MayButtonProps) {
  if (may) return <Button {...props} onClick={onClick} />;
  // It keeps the focus, so that the reason can be reached by the keyboard.
  return (
    <Tooltip label={why} multiline maw={320}>
      <Button {...props} data-disabled aria-disabled="true" onClick={(event: MouseEvent) => event.preventDefault()} />
    </Tooltip>
  );
}

interface MayItemProps extends MenuItemProps {
  may: boolean;
  /** Why the item cannot be chosen, if it cannot. */
  why: string;
  onClick: () => void;
}

/** An item of a menu that says why it cannot be chosen. */
export function MayItem({ may, why, onClick, ...props }: MayItemProps) {
  if (may) return <Menu.Item {...props} onClick={onClick} />;
  return (
    <Tooltip label={why} multiline maw={320} position="left">
      <Menu.Item {...props} data-disabled aria-disabled="true" closeMenuOnClick={false} />
    </Tooltip>
  );
}
