package com.anxinbai.loan.apply;

import com.anxinbai.loan.R;
import com.anxinbai.loan.model.EmergencyContact;
import com.anxinbai.loan.model.LoanApplication;
import com.anxinbai.loan.net.Backend;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

final class ContactsFormPresenter {
  interface View {
    void say(int text);

    void showPlan(long amount);
  }

  private final View view;

  ContactsFormPresenter(View view) {
    this.view = view;
  }

  void submit(long amount, EmergencyContact first, EmergencyContact second) {
    LoanApplication application = new LoanApplication(amount, first, second);
    if (!application.valid()) {
      view.say(R.string.bad_mobile);
      return;
    }
    Backend.applications()
        .apply(application)
        .enqueue(
            new Callback<Object>() {
              @Override
              public void onResponse(Call<Object> call, Response<Object> response) {
                view.showPlan(amount);
              }

              @Override
              public void onFailure(Call<Object> call, Throwable t) {
                view.say(R.string.failed);
              }
            });
  }
}
