import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { reviewersQuery } from '../client/change-requests';
import { nameOf } from '../client/me';
import { texts } from '../texts';

interface ReviewersFieldProps {
  projectId: string;
  environment: string;
  value: number[];
  onChange: (reviewers: number[]) => void;
  label?: string;
}

const most = 10;

/** Chooses whom to ask for a review, among those who may approve. */
export function ReviewersField({ projectId, environment, value, onChange, label = texts.request.reviewers }: ReviewersFieldProps) {
  const reviewers = useQuery(reviewersQuery(projectId, environment));
  return (
    <MultiSelect
      label={label}
      placeholder={value.length === 0 ? texts.request.reviewersHint : ''}
      nothingFoundMessage={texts.request.noReviewers}
      searchable
      maxValues={most}
      data={reviewers.data?.map((person) => ({ value: String(person.id), label: nameOf(person) })) ?? []}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}
