/** The texts of the page of all context fields. */
export const contextTexts = {
  about: 'What applications tell about who asks. Constraints compare with them. Projects can have fields of their own, in their settings.',
} as const;
