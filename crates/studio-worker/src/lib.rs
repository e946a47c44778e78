//! The loops that take messages from queues and do what they ask for.
