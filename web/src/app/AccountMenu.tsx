import { Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { ChevronDownIcon, CodeIcon, GearIcon, SignOutIcon } from '@primer/octicons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { basePath } from '../client/client';
import { meQuery, nameOf, signOut } from '../client/me';
import { Avatar } from '../components/Avatar';
import { failed } from '../components/toast';
import { texts } from '../texts';
import styles from './AccountMenu.module.css';

/** Who is signed in, how the app looks, and the way out. */
export function AccountMenu() {
  const { data: me } = useQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useMutation({
    mutationFn: signOut,
    // Nothing that was read may stay for who comes next, so the page is loaded anew.
    onSuccess: (location) => window.location.assign(location),
    onError: failed,
  });
  const name = me ? nameOf(me.user as { name?: string; username?: string; email?: string }) : '';

  return (
    <Menu position="top-start" width={248}>
      <Menu.Target>
        <UnstyledButton className={styles.account} aria-label={texts.frame.account(name)}>
          <Avatar name={name} size={22} tip={false} />
          <span className={styles.name}>{name}</span>
          <ChevronDownIcon />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.theme}>
          <Text size="xs" c="dimmed" id="theme-label">
            {texts.frame.theme}
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
            data={[
              { value: 'light', label: texts.frame.light },
              { value: 'dark', label: texts.frame.dark },
              { value: 'auto', label: texts.frame.system },
            ]}
          />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<GearIcon />} renderRoot={(props) => <Link to="/profile" {...props} />}>
          {texts.frame.profile}
        </Menu.Item>
        <Menu.Item component="a" href={`${basePath}/docs/openapi/`} leftSection={<CodeIcon />}>
          {texts.frame.api}
        </Menu.Item>
        <Menu.Item leftSection={<SignOutIcon />} onClick={() => leave.mutate()}>
          {texts.frame.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
