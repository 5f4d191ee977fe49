"""What was found in live accounts, kept over time: judged account by account, its findings opened and closed."""
