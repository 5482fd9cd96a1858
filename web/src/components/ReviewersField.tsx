import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ChangeRequest, reviewersQuery } from '../client/change-requests';
import { nameOf } from '../client/me';
import { texts } from '../texts';

interface ReviewersFieldProps {
  projectId: string;
  environment: string;
  /** Who has been asked already; they may be others than those who may approve now. */
  asked: ChangeRequest['reviewers'];
  value: number[];
  onChange: (reviewers: number[]) => void;
  label?: string;
}

const most = 10;

/** Chooses whom to ask for a review, among those who may approve. */
export function ReviewersField({ projectId, environment, asked, value, onChange, label = texts.request.reviewers }: ReviewersFieldProps) {
  const reviewers = useQuery(reviewersQuery(projectId, environment));
  const names = new Map(asked.map((person) => [person.id, person.name]));
  for (const person of reviewers.data ?? []) names.set(person.id, nameOf(person));
  return (
    <MultiSelect
      label={label}
      placeholder={value.length === 0 ? texts.request.reviewersHint : ''}
      nothingFoundMessage={texts.request.noReviewers}
      searchable
      maxValues={most}
      data={[...names].map(([id, name]) => ({ value: String(id), label: name }))}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}
