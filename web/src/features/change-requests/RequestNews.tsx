import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ChangeRequest } from '../../client/change-requests';
import { meQuery, nameOf } from '../../client/me';
import { texts } from '../../texts';
import { momentsOf } from './Discussion';

/** Tells screen readers what others do to a request while it is shown. */
export function RequestNews({ request }: { request: ChangeRequest }) {
  const { data: me } = useQuery(meQuery);
  const [said, say] = useState('');
  const known = useRef<{ moments: Set<string>; round: number } | null>(null);
  useEffect(() => {
    const moments = momentsOf(request);
    const before = known.current;
    known.current = { moments: new Set(moments.map(({ key }) => key)), round: request.round };
    if (!before) return;
    const own = me && nameOf(me.user);
    const news = moments.filter(({ key, who }) => !before.moments.has(key) && who !== own).map(({ who = '', did = texts.request.did.commented }) => `${who} ${did}`.trim());
    if (request.round > before.round) news.unshift(texts.request.newsRound(request.round));
    if (news.length > 0) say(texts.request.news(news));
  }, [request, me]);
  return (
    <VisuallyHidden role="status" aria-label={texts.request.newsLabel}>
      {said}
    </VisuallyHidden>
  );
}
